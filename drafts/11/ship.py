"""Prototype of the ship training: pools -> network -> IoU on the 60."""
import sys,time,json,glob,os,numpy as np,cv2; sys.path.insert(0,'/tmp/w/n11')
from shipnet import *
from helpers import cameras, masks, photos
from helpers.models import letterbox
from helpers.scenes import hands_camera, hands_render
cv2.setNumThreads(1)
def load_pool(names):
    L=[np.load(f'{n}_layers.npy',mmap_mode='r') for n in names]; G=[np.load(f'{n}_grounds.npy',mmap_mode='r') for n in names]
    li=[json.load(open(f'{n}_lights.json')) for n in names]
    li=[l[:len(a)] for l,a in zip(li,L)]
    L=np.concatenate([a[:len(l)] for a,l in zip(L,li)]); G=np.concatenate([a[:len(l)] for a,l in zip(G,li)])
    return L,G,sum(li,[])
def moved(rng,S0,S,scale):
    """Random frame (h,w) letterboxed in S; matrix from pool pixel to frame pixel."""
def snapshot(pool,rng,S,plain=False):
    L,G,lights=pool; S0=L.shape[1]
    i=rng.integers(len(L)); j=i if rng.random()<.4 else rng.integers(len(G))
    aspect=np.exp(rng.uniform(np.log(.55),0)); h,w=(S,round(S*aspect)) if rng.random()<.5 else (round(S*aspect),S)
    layer=np.ascontiguousarray(L[i])
    ys,xs=np.nonzero(layer[...,4]); c=np.array([(xs.min()+xs.max())/2,(ys.min()+ys.max())/2])
    r=max(np.ptp(xs),np.ptp(ys))/2+1
    ang=np.deg2rad(rng.uniform(-180,180) if rng.random()<.3 else rng.normal(0,25)); 
    s=max(rng.uniform(.7,1.5)*min(h,w)/(2*r),.7*max(h,w)/S0)
    lin=s*np.array([[np.cos(ang),-np.sin(ang)],[np.sin(ang),np.cos(ang)]])@np.array([[1,rng.normal(0,.1)],[0,1]])
    if rng.random()<.5: lin=lin@np.diag([-1,1])
    half=np.array([w,h])/2; slack=.35*np.abs(half-s*r)+.1*half
    target=half+rng.uniform(-1,1,2)*slack
    M=np.column_stack([lin,target-lin@c])
    layer=cv2.warpAffine(layer[...,[0,1,2,3]],M,(w,h),flags=cv2.INTER_AREA if s<.8 else cv2.INTER_LINEAR,borderMode=cv2.BORDER_REPLICATE), cv2.warpAffine(layer[...,4],M,(w,h),flags=cv2.INTER_LINEAR,borderMode=cv2.BORDER_REPLICATE)
    mask=layer[1]
    gs=np.exp(rng.uniform(0,np.log(2.2)))*max(h,w)/S0; ga=rng.normal(0,.3) if rng.random()<.7 else rng.uniform(-3.14,3.14)
    gl=gs*np.array([[np.cos(ga),-np.sin(ga)],[np.sin(ga),np.cos(ga)]]);
    if rng.random()<.5: gl=gl@np.diag([-1,1])
    gM=np.column_stack([gl,half-gl@(rng.uniform(.3,.7,2)*S0)])
    ground=cv2.warpAffine(np.ascontiguousarray(G[j]),gM,(w,h),flags=cv2.INTER_LINEAR,borderMode=cv2.BORDER_REFLECT_101)
    rgba=layer[0]
    whole=hands_render.Layer(rgba[...,:3].astype(np.float32)/204,rgba[...,3].astype(np.float32)/255,None,{"kind":lights[i]["kind"],"way":np.array(lights[i]["way"])},None)
    image=hands_camera.photograph(rng,whole,ground.astype(np.float32)/255)
    if rng.random()<.12: # something in front
        a,b=sorted(rng.uniform(0,w,2).astype(int)); cc,d=sorted(rng.uniform(0,h,2).astype(int))
        b,d=min(b,a+w//3),min(d,cc+h//3)
        if b>a and d>cc:
            k=rng.integers(len(G)); image[cc:d,a:b]=cv2.resize(G[k],(b-a,d-cc)); mask=mask.copy(); mask[cc:d,a:b]=0
    image=cameras.shot(image,rng,0.7)
    t,l=(S-h)//2,(S-w)//2
    image=cv2.copyMakeBorder(image,t,S-h-t,l,S-w-l,cv2.BORDER_REPLICATE); mask=cv2.copyMakeBorder(mask,t,S-h-t,l,S-w-l,cv2.BORDER_REPLICATE)
    return image,mask
class Snapshots(keras.utils.PyDataset):
    def __init__(self,pool,S,steps,seed,batch=16):
        super().__init__(workers=1); self.a=(pool,S,steps,batch); self.seed=seed; self.epoch=0
    def __len__(self): return self.a[2]
    def on_epoch_end(self): self.epoch+=1
    def __getitem__(self,k):
        pool,S,steps,batch=self.a; rng=np.random.default_rng([self.seed,self.epoch,k])
        x,y=zip(*(snapshot(pool,rng,S) for _ in range(batch)))
        return np.stack(x).astype(np.float32)/255,np.stack(y)[...,None].astype(np.float32)/255
def loss(t,p):
    t=ops.cast(t,'float32'); p=ops.cast(p,'float32')
    bce=ops.mean(keras.losses.binary_crossentropy(t,p),axis=(1,2))
    both=ops.sum(t*p,axis=(1,2,3)); either=ops.sum(t+p-t*p,axis=(1,2,3))
    return bce+1-(both+1)/(either+1)
def real60():
    out=[]
    for f in sorted(glob.glob('/work/shared/data/hands/hgr1/images/*')):
        m=glob.glob(f.replace('/images/','/masks/').rsplit('.',1)[0]+'.*')[0]
        im=photos.read(f); out.append((os.path.basename(f),im,photos.read_mask(m,im.shape[:2],inverted=True)))
    return out
def segment(model,rgb):
    boxed,inside=letterbox(rgb,model.input_shape[1:3])
    b=np.stack([boxed,boxed[:,::-1]]).astype(np.float32)/255
    a,c=np.asarray(model.predict_on_batch(b),np.float32)[...,0]
    m=((a+c[:,::-1])/2)[inside]
    return cv2.resize(m,rgb.shape[1::-1],interpolation=cv2.INTER_LINEAR)
def evaluate(model,sheet=None):
    rows=[]; tiles=[]
    for n,im,m in real60():
        p=segment(model,im); iou=masks.iou((m>0)[None],(p>.5)[None])[0]; rows.append((iou,n))
        s=130/max(im.shape[:2]); sz=(round(im.shape[1]*s),round(im.shape[0]*s)); c=np.zeros((132,264,3),np.uint8)
        c[:sz[1],:sz[0]]=cv2.resize(im,sz,interpolation=cv2.INTER_AREA)
        q=cv2.resize(p,sz)>.5; g=cv2.resize((m>0).astype(np.uint8),sz)>0
        a=np.zeros((*q.shape,3),np.uint8); a[q&g]=255; a[~q&g]=(230,159,0); a[q&~g]=(0,114,178); c[:sz[1],132:132+sz[0]]=a
        tiles.append((iou,c))
    v=np.array([r[0] for r in rows]); print(f'60 real: mean {v.mean():.4f} median {np.median(v):.4f} worst {v.min():.4f}')
    for i in range(1,6): print(f'  id0{i}', round(np.mean([r for r,n in rows if f'id0{i}' in n]),4),end='')
    print(flush=True)
    if sheet:
        tiles.sort(key=lambda t:t[0]); W=np.zeros((10*132,6*264,3),np.uint8)
        for k,(i,c) in enumerate(tiles):
            cv2.putText(c,f'{i:.2f}',(2,128),0,.4,(255,255,255),1); W[k//6*132:k//6*132+132,k%6*264:k%6*264+264]=c
        cv2.imwrite(sheet,W[...,::-1])
    return v.mean()
if __name__=='__main__':
    import argparse; ap=argparse.ArgumentParser(); ap.add_argument('--pools',nargs='+'); ap.add_argument('--size',type=int,default=128); ap.add_argument('--minutes',type=float,default=4); ap.add_argument('--rate',type=float,default=2e-3); ap.add_argument('--out'); ap.add_argument('--init'); ap.add_argument('--look',action='store_true'); a=ap.parse_args()
    pool=load_pool(a.pools); print(pool[0].shape)
    if a.look:
        rng=np.random.default_rng(0); t=time.process_time(); xs=[snapshot(pool,rng,160) for _ in range(60)]; print('cpu s each',(time.process_time()-t)/60)
        W=np.concatenate([np.concatenate([np.concatenate([x,np.repeat(y[...,None],3,2)],1) for x,y in xs[r*6:r*6+6]],1) for r in range(10)]); cv2.imwrite('/tmp/w/n11/snap.png',W[...,::-1]); sys.exit()
    keras.mixed_precision.set_global_policy('mixed_bfloat16'); keras.utils.set_random_seed(1)
    net=far_sighted(a.size)
    if a.init: net.load_weights(a.init)
    # calibrate: steps by clock
    opt=keras.optimizers.AdamW(a.rate,weight_decay=1e-2,use_ema=True,ema_momentum=.995,clipnorm=1.0)
    net.compile(opt,loss); t0=time.time(); end=a.minutes*60
    class Clock(keras.callbacks.Callback):
        n=0; s=0
        def on_train_batch_begin(self,k,logs=None):
            f=min((time.time()-t0)/end,1); w=min(1,(self.n+1)/60)
            opt.learning_rate=a.rate*w*max(.5*(1+np.cos(np.pi*f)),1e-3)
        def on_train_batch_end(self,k,logs=None):
            self.n+=1; self.s=.98*self.s+.02*logs['loss'] if self.n>20 else logs['loss']
            if self.n%100==0: print(self.n,round(time.time()-t0),round(self.s,4),flush=True)
            if time.time()-t0>end: self.model.stop_training=True; raise StopIteration
    try: net.fit(Snapshots(pool,a.size,100000,3),epochs=1,verbose=0,callbacks=[Clock()],shuffle=False)
    except StopIteration: pass
    net.optimizer.finalize_variable_values(net.trainable_variables)
    net.save_weights(a.out+'.weights.h5'); print('sec',time.time()-t0)
    keras.mixed_precision.set_global_policy('float32')
    ev=far_sighted(a.size); ev.set_weights([np.asarray(w,np.float32) for w in net.get_weights()])
    evaluate(ev,a.out+'.png')
