for i in range(epoch):
    accum_loss = 0 #そのepochでの誤差の合計を初期化
    for phi_0, y in feat_lab:
        model.zerograds() #勾配の初期化
        loss = model(Variable(phi_0), Variable(y)) #誤差の計算
        accum_loss += loss.data #計算した誤差を蓄積していく
        loss.backward() #逆伝搬、勾配の計算
        opt.update() #重みの更新
    print(accum_loss) #そのepochでの誤差の合計
serializers.save_npz(model_path, model) #モデルの保存
